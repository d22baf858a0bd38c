using SkiaSharp;

namespace Distill.Moods;

/// <summary>A canvas whose longer side is 1, with the colors and the chance to draw on it.</summary>
internal sealed class Easel(SKCanvas canvas, Random random, Swatch ink) : IDisposable
{
    private readonly SKPaint _paint = new()
    {
        IsAntialias = true,
        StrokeCap = SKStrokeCap.Round,
        StrokeJoin = SKStrokeJoin.Round,
    };

    public float Between(float low, float high) => low + (high - low) * random.NextSingle();

    public IEnumerable<int> Some(int least, int most) => Enumerable.Range(0, random.Next(least, most + 1));

    /// <summary>Takes a new color, more or less opaque, for what is drawn next.</summary>
    public Easel Dip(float opacity = 0.9f)
    {
        _paint.Color = ink.Pick(random).WithAlpha((byte)(255 * opacity));
        return this;
    }

    public void Dot(float x, float y, float radius, float flatness = 1)
    {
        _paint.Style = SKPaintStyle.Fill;
        canvas.DrawOval(x, y, radius, radius * flatness, _paint);
    }

    public void Fill(params SKPoint[] outline) => Draw(SKPaintStyle.Fill, 0, outline);

    public void Stroke(float width, params SKPoint[] line) => Draw(SKPaintStyle.Stroke, width, line);

    public void Dispose() => _paint.Dispose();

    private void Draw(SKPaintStyle style, float width, SKPoint[] points)
    {
        using var path = new SKPath();
        path.AddPoly(points, close: style == SKPaintStyle.Fill);
        _paint.Style = style;
        _paint.StrokeWidth = width;
        canvas.DrawPath(path, _paint);
    }
}
