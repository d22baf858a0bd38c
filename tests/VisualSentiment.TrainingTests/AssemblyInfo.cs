// libtorch has one random state and one tensor count a process; tests look at both.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
