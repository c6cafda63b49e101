package redisdb

// ClinicKey returns a Redis key of a clinic. All keys of a clinic share the
// hash tag {clinic}. So they are on one node of a Cluster, and can be removed
// together.
func ClinicKey[C ~string](clinic C, suffix string) string {
	return "junban:{" + string(clinic) + "}:" + suffix
}
