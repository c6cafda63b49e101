//go:build !unix

package hub

// processorTime is not to be had on this system: the benchmarks tell nothing of it.
func processorTime() (user, system int64) { return 0, 0 }
