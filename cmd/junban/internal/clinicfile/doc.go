// Package clinicfile reads the YAML files of clinics that an operator imports.
//
// It promises that everything wrong with a file is reported at once, each error with
// its line and field, and that a clinic which it returns passes validation. A file of
// more than 1 MiB, and one whose aliases unfold to more, is refused.
//
// It writes nothing and knows no Redis.
package clinicfile
