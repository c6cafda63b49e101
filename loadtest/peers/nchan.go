package main

import (
	_ "embed"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// nchanModule is the path of the module in Debian's libnginx-mod-nchan.
const nchanModule = "/usr/lib/nginx/modules/ngx_nchan_module.so"

//go:embed nginx.conf
var nginxConf string

// nchanPeer is nginx with the module nchan, which keeps and sends the newest
// message of a channel. It has one worker, as each server has one core.
func nchanPeer() peer {
	return peer{
		name: "nchan", about: "nginx + nchan, in C", watch: "/watch",
		missing: func() string {
			_, err := nginx()
			if err == nil {
				_, err = os.Stat(nchanModule)
			}
			if err != nil {
				return "nginx with nchan (Debian: nginx libnginx-mod-nchan)"
			}
			return ""
		},
		command: func(folder, listen string) (*exec.Cmd, error) {
			folder, err := filepath.Abs(folder)
			if err != nil {
				return nil, err
			}
			program, err := nginx()
			if err != nil {
				return nil, err
			}
			conf := filepath.Join(folder, "nginx.conf")
			text := strings.NewReplacer("MODULE", nchanModule, "ACCOUNT", nginxAccount(), "FOLDER", folder, "LISTEN", listen).Replace(nginxConf)
			if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
				return nil, err
			}
			return exec.Command(program, "-p", folder, "-c", conf, "-e", "stderr"), nil
		},
	}
}

// nginxAccount is the setting that lets nginx read the temporary folder, which its
// default account cannot.
func nginxAccount() string {
	if os.Geteuid() == 0 {
		return "user root root;"
	}
	return ""
}

// nginx returns the path of the program, which may be missing in a user's PATH.
func nginx() (string, error) {
	for _, name := range []string{"nginx", "/usr/sbin/nginx"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("nginx is not installed")
}
