// Each test runs several processes; on a small machine more than one cluster at a time would only make all of them slow.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
