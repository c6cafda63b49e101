// Package clinicfile reads clinics from YAML files.
//
// It reports all errors of a file at once, each with its line and field. The
// clinics that it returns are valid. It refuses a file that is larger than 1 MiB or
// nested too deeply. It also refuses aliases that expand to too many nodes.
//
// It writes nothing and does not use Redis.
package clinicfile
