namespace PaperTables;

/// <summary>What a network costs, for the paper's eight classes.</summary>
/// <param name="Trainable">The numbers that training changes.</param>
/// <param name="WithStatistics">The parameters as the paper counts them; null for a network whose layers are not known.</param>
/// <param name="MultiplyAdds">Products added up for one image; null for a network whose layers are not known.</param>
/// <param name="ForwardMilliseconds">One forward pass of one image: a median.</param>
internal sealed record NetworkCost(long Trainable, long? WithStatistics, long? MultiplyAdds, double ForwardMilliseconds);
