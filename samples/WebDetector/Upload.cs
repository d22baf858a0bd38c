using Microsoft.AspNetCore.Http.Features;

namespace WebDetector;

/// <summary>Reads the image of a request: one file of a form, or the whole body.</summary>
internal static class Upload
{
    public const string AcceptedTypes = "Send multipart/form-data with one file, or the bytes of an image with the "
        + "content type image/* or application/octet-stream.";

    /// <exception cref="BadHttpRequestException">The request is not an upload, is too long, or is too slow.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, UploadLimits limits)
    {
        bool isForm = request.HasFormContentType;
        if (!isForm && !IsImage(request.ContentType))
            throw new BadHttpRequestException(AcceptedTypes, StatusCodes.Status415UnsupportedMediaType);
        if (request.ContentLength > limits.MaxBytes + (isForm ? UploadLimits.FormBytes : 0))
            throw TooLong(limits);
        CancellationToken aborted = request.HttpContext.RequestAborted;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        deadline.CancelAfter(limits.UploadTime);
        try
        {
            return isForm ? await ReadFormAsync(request, limits, deadline.Token)
                : await ReadAsync(request.Body, request.ContentLength, limits, deadline.Token);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            throw new BadHttpRequestException(
                $"The upload took longer than {limits.UploadTime.TotalSeconds:0.#} seconds.",
                StatusCodes.Status408RequestTimeout);
        }
    }

    private static bool IsImage(string? contentType) => contentType is not null
        && (contentType.StartsWith("image/", StringComparison.OrdinalIgnoreCase)
            || contentType.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase));

    private static async Task<ReadOnlyMemory<byte>> ReadFormAsync(
        HttpRequest request, UploadLimits limits, CancellationToken cancellationToken)
    {
        try
        {
            IFormCollection form = await request.ReadFormAsync(new FormOptions
            {
                MultipartBodyLengthLimit = limits.MaxBytes, MemoryBufferThreshold = limits.MaxBytes,
            }, cancellationToken);
            if (form.Files is not [var file])
                throw new BadHttpRequestException($"The form has {form.Files.Count} files; send one image.");
            await using Stream content = file.OpenReadStream();
            return await ReadAsync(content, file.Length, limits, cancellationToken);
        }
        catch (InvalidDataException e) when (e.Message.Contains("length limit", StringComparison.Ordinal))
        {
            throw TooLong(limits);
        }
        catch (Exception e) when (e is InvalidDataException || (e is IOException && e is not BadHttpRequestException))
        {
            throw new BadHttpRequestException("The form is not valid multipart/form-data.", e);
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(
        Stream content, long? length, UploadLimits limits, CancellationToken cancellationToken)
    {
        // The length is a claim of the client; memory grows with the bytes that arrive.
        var bytes = new MemoryStream(capacity: (int)Math.Min(length ?? 0, 1 << 20));
        byte[] buffer = new byte[16 << 10];
        while (await content.ReadAsync(buffer, cancellationToken) is > 0 and int count)
        {
            if (bytes.Length + count > limits.MaxBytes)
                throw TooLong(limits);
            bytes.Write(buffer, 0, count);
        }
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    private static BadHttpRequestException TooLong(UploadLimits limits) =>
        new($"The upload is too large; an image may have {limits.MaxBytes:N0} bytes.",
            StatusCodes.Status413PayloadTooLarge);
}
