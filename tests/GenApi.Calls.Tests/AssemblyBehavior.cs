// The tests share two processors with the servers they start; one test at a time keeps every deadline honest.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
