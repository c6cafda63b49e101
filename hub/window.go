package hub

import "time"

// openWindow has later changes held until the window's end. An open window keeps its
// end. t.mu is held.
func (t *topic) openWindow() {
	if now := time.Now(); t.window > 0 && !now.Before(t.until) {
		t.until = now.Add(t.window)
	}
}

// hold reports whether a window is open. Then it has what is held sent at the window's
// end. t.mu is held.
func (t *topic) hold() bool {
	left := time.Until(t.until)
	if left <= 0 || t.ended {
		return false
	}
	if t.runs {
		return true
	}
	t.runs = true
	t.windows.Add(1)
	if t.timer == nil {
		t.timer = time.AfterFunc(left, t.turnWindow)
	} else {
		t.timer.Reset(left)
	}
	return true
}

// turnWindow sends what the window has held, which opens the next one.
func (t *topic) turnWindow() {
	defer t.windows.Done()
	if t.closeWindow() {
		t.fanOut()
	}
}

// closeWindow reports whether something was held.
func (t *topic) closeWindow() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.runs = false
	st := *t.state.Load()
	if st.due == st.seq {
		return false
	}
	st.due = st.seq
	t.state.Store(&st)
	t.until = time.Now().Add(t.window)
	return true
}

// sendHeld sends what the window holds, before its end.
func (t *topic) sendHeld() {
	t.mu.Lock()
	st := *t.state.Load()
	held := st.due != st.seq
	st.due = st.seq
	t.state.Store(&st)
	t.mu.Unlock()
	if held {
		t.fanOut()
	}
}

// end drops what is held, and returns when no window's end is under way. The topic has
// no watcher any more.
func (t *topic) end() {
	t.mu.Lock()
	t.ended = true
	if t.runs && t.timer.Stop() {
		t.runs = false
		t.windows.Done()
	}
	t.mu.Unlock()
	t.windows.Wait()
}
