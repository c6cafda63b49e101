package clinic

import (
	"net/url"
	"regexp"
	"strings"
)

var (
	originHost = regexp.MustCompile(`^[0-9a-z]([0-9a-z.-]*[0-9a-z])?$`)
	originPort = regexp.MustCompile(`^[1-9][0-9]{0,4}$`)
)

// Origin returns the origin of another site in its canonical form: lower case, no path,
// no default port. Plain http is taken of localhost alone, for who builds a page. What
// is no such origin gives false.
func Origin(text string) (string, bool) {
	u, err := url.Parse(text)
	if err != nil || len(text) > 200 || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery+u.Fragment != "" {
		return "", false
	}
	host, port := strings.ToLower(u.Hostname()), u.Port()
	local := host == "localhost" || host == "127.0.0.1"
	if !originHost.MatchString(host) || u.Scheme != "https" && !(u.Scheme == "http" && local) {
		return "", false
	}
	switch {
	case port == "", u.Scheme == "https" && port == "443", u.Scheme == "http" && port == "80":
		return u.Scheme + "://" + host, true
	case !originPort.MatchString(port):
		return "", false
	}
	return u.Scheme + "://" + host + ":" + port, true
}
