package lessons

import (
	"context"
	"encoding/json"
	"fmt"

	"junban/queue/clinic"
	"junban/queue/estimate"
)

// accuracyKept is how many scores are kept of a clinic: one for each session
// and service.
const accuracyKept = 400

// Accuracy is how true the forecasts of one session of a service came.
type Accuracy struct {
	Day     clinic.Day     `json:"day"`
	Session string         `json:"session,omitempty"` // "" where no sessions are kept
	Service string         `json:"service"`
	Score   estimate.Score `json:"score"`
}

// Accuracy returns a clinic's scores, the newest session first.
func (s *Store) Accuracy(ctx context.Context, c clinic.ID) ([]Accuracy, error) {
	entries, err := s.rdb.LRange(ctx, keyAccuracy(c), 0, accuracyKept-1).Result()
	if err != nil {
		return nil, fmt.Errorf("accuracy of clinic %s: %w", c, err)
	}
	scores := make([]Accuracy, len(entries))
	for i, text := range entries {
		if err := json.Unmarshal([]byte(text), &scores[i]); err != nil {
			return nil, fmt.Errorf("accuracy of clinic %s: %w", c, err)
		}
	}
	return scores, nil
}
