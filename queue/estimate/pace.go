package estimate

// pace sums the ratios of a room's visit times to those expected, weighted by
// their precision.
type pace struct {
	visits        int
	ratio, weight float64
}

func (p *pace) add(took float64, d lognormal) {
	p.visits++
	p.ratio += min(took, d.limit()) / d.mean / d.cv2
	p.weight += 1 / d.cv2
}

// addRunning adds an unfinished consultation. Finished visits alone are biased
// towards short ones, because a long one is more likely to be still running. By
// renewal theory, their sum lacks cv² visits, and the running one has lasted (1
// + cv²)/2 on average. This share of its elapsed time compensates for that.
func (p *pace) addRunning(elapsed float64, d lognormal) {
	p.ratio += 2 / (1 + d.cv2) * min(elapsed, d.limit()) / d.mean
}

// speeds returns today's speed factor of each room and its squared relative
// error. A factor of 1.2 means that visits take 20 % longer than usual. Without
// finished visits it is 1, with the variance between days.
func (t *sampler) speeds(in Input) (factor, err2 []float64) {
	rooms := in.Rooms
	paces := make([]pace, len(rooms))
	for _, v := range in.Today {
		if v.Inaccurate || v.Took < Shortest || v.Took > maxDuration {
			continue
		}
		for r := range rooms {
			if rooms[r].ID == v.Room {
				paces[r].add(v.Took.Seconds(), t.kind(v.Kind).took)
			}
		}
	}
	for r := range rooms {
		if over := rooms[r].Running; over != nil && !over.Called {
			paces[r].addRunning(max(0, in.Now.Sub(over.Started).Seconds()), t.kind(over.Kind).took)
		}
	}
	factor, err2 = make([]float64, len(rooms)), make([]float64, len(rooms))
	prior := 1 / t.learned.Speed.square()
	for r, p := range paces {
		factor[r] = (p.ratio + prior) / (p.weight + prior)
		err2[r] = 1 / (p.weight + prior)
		if rooms[r].Pace > 0 {
			factor[r], err2[r] = rooms[r].Pace, 0
		}
	}
	return factor, err2
}
