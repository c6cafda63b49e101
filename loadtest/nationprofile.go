package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// actWithProfiles runs act. With --profiles it writes a processor profile of each
// node and slice to a file, and what the commands of Redis have cost so far to one.
// "go tool pprof" adds up the profiles that it is given.
func (m *nationMeasurement) actWithProfiles(ctx context.Context) error {
	if m.nation.profiles == "" {
		return m.act(ctx)
	}
	if err := os.MkdirAll(m.nation.profiles, 0o755); err != nil {
		return err
	}
	before, err := m.redisInfo(ctx, "commandstats")
	if err != nil {
		return err
	}
	errs := make([]error, len(m.servers))
	var profiles sync.WaitGroup
	for i, s := range m.servers {
		profiles.Go(func() {
			errs[i] = s.writeProfile(ctx, m.profileName(fmt.Sprintf("node %d slice %d.pprof", i+1, m.slice)), m.nation.sliceLength())
		})
	}
	if err := m.act(ctx); err != nil {
		return err
	}
	after, err := m.redisInfo(ctx, "commandstats")
	if err != nil {
		return err
	}
	profiles.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	if err := addCommands(m.commands, before, after); err != nil {
		return err
	}
	return os.WriteFile(m.profileName("redis.txt"), []byte(commandCosts(m.commands, m.acts)), 0o644)
}

// profileName returns the name of a file in the folder of the profiles.
func (m *nationMeasurement) profileName(of string) string {
	words := strings.Fields(strings.ReplaceAll(m.setting.String()+" "+of, ",", ""))
	return filepath.Join(m.nation.profiles, strings.Join(words, "-"))
}

// writeProfile profiles the server's processor for the given time, rounded up to
// seconds, and writes the profile to a file.
func (s *server) writeProfile(ctx context.Context, file string, length time.Duration) error {
	seconds := (length + time.Second - 1) / time.Second
	ctx, cancel := context.WithTimeout(ctx, seconds*time.Second+operationTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/debug/pprof/profile?seconds=%d", s.operatorURL, seconds), nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("profile: %s: %s", resp.Status, text)
	}
	return os.WriteFile(file, text, 0o644)
}
