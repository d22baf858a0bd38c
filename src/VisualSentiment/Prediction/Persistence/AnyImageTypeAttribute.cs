using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace VisualSentiment.Prediction.Persistence;

/// <summary>
/// Binds a property to image columns of unknown size, which ML.NET's own <c>[ImageType]</c> cannot name.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AnyImageTypeAttribute : DataViewTypeAttribute
{
    public override void Register()
    {
        try
        {
            DataViewTypeManager.Register(new ImageDataViewType(), typeof(MLImage), this);
        }
        catch (ArgumentException)
        {
            // An attribute of the application's own has named this type already, which serves as well.
        }
    }

    public override bool Equals(DataViewTypeAttribute? other) => other is AnyImageTypeAttribute;

    public override int GetHashCode() => typeof(AnyImageTypeAttribute).GetHashCode();
}
