// Judges sources by policies with BuildKit's own sourcepolicy package.
//
// It reads cases from standard input, one JSON object per line, and writes one verdict per line, in the same order.
// A policy is given as the text of its file; it is read the way buildx reads it, and then goes through protobuf once,
// as it does on its way to the daemon.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/buildkit/sourcepolicy"
	spb "github.com/moby/buildkit/sourcepolicy/pb"
	"google.golang.org/protobuf/proto"
)

type testCase struct {
	Policies   []string          `json:"policies"`
	Identifier string            `json:"identifier"`
	Attrs      map[string]string `json:"attrs"`
}

type verdict struct {
	// Kind is "refused" where a policy cannot be read, else how the evaluation ended.
	Kind       string            `json:"kind"`
	Error      string            `json:"error,omitempty"`
	Changed    bool              `json:"changed"`
	Identifier string            `json:"identifier"`
	Attrs      map[string]string `json:"attrs"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	decoder := json.NewDecoder(bufio.NewReader(os.Stdin))
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for decoder.More() {
		var c testCase
		if err := decoder.Decode(&c); err != nil {
			return err
		}
		if err := encoder.Encode(judge(c)); err != nil {
			return err
		}
	}
	return out.Flush()
}

func judge(c testCase) verdict {
	op := &pb.SourceOp{Identifier: c.Identifier, Attrs: c.Attrs}
	var policies []*spb.Policy
	for _, text := range c.Policies {
		policy, err := read(text)
		if err != nil {
			return verdict{Kind: "refused"}
		}
		policies = append(policies, policy)
	}
	changed, err := evaluate(policies, op)
	v := verdict{Kind: kindOf(err), Changed: changed, Identifier: op.Identifier, Attrs: op.Attrs}
	if err != nil {
		v.Error = err.Error()
	}
	return v
}

func read(text string) (*spb.Policy, error) {
	var policy spb.Policy
	if err := json.Unmarshal([]byte(text), &policy); err != nil {
		return nil, err
	}
	wire, err := proto.Marshal(&policy)
	if err != nil {
		return nil, err
	}
	var received spb.Policy
	return &received, proto.Unmarshal(wire, &received)
}

// The daemon looks for missing selectors before it evaluates anything; its check is not exported.
func evaluate(policies []*spb.Policy, op *pb.SourceOp) (bool, error) {
	for _, policy := range policies {
		for _, rule := range policy.Rules {
			if rule.Selector == nil {
				return false, errors.New("invalid nil selector in policy")
			}
		}
	}
	return sourcepolicy.NewEngine(policies).Evaluate(context.Background(), op)
}

func kindOf(err error) string {
	switch {
	case err == nil:
		return "allowed"
	case errors.Is(err, sourcepolicy.ErrSourceDenied):
		return "denied"
	case errors.Is(err, sourcepolicy.ErrTooManyOps):
		return "too-many-changes"
	default:
		return "error"
	}
}
