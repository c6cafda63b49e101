package redisdb

// ClinicKey is the key of one kind of data of a clinic. All keys of a clinic share
// the hash tag {clinic}: a script finds them on one node of a Cluster, and removing
// the clinic removes them all.
func ClinicKey[C ~string](clinic C, suffix string) string {
	return "junban:{" + string(clinic) + "}:" + suffix
}
