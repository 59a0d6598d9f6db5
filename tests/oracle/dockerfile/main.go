// Reads Dockerfiles with BuildKit's own parser.
//
// It reads texts from standard input, one JSON string per line, and writes one JSON array per line, in the same order: of
// each instruction its keyword, its first and last line, and its flags. A text that cannot be read is null.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

type instruction struct {
	Keyword string   `json:"keyword"`
	Start   int      `json:"start"`
	End     int      `json:"end"`
	Flags   []string `json:"flags"`
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
		var text string
		if err := decoder.Decode(&text); err != nil {
			return err
		}
		if err := encoder.Encode(read(text)); err != nil {
			return err
		}
	}
	return out.Flush()
}

func read(text string) []instruction {
	result, err := parser.Parse(strings.NewReader(text))
	if err != nil {
		return nil
	}
	read := []instruction{}
	for _, node := range result.AST.Children {
		flags := append([]string{}, node.Flags...)
		read = append(read, instruction{node.Value, node.StartLine, node.EndLine, flags})
	}
	return read
}
