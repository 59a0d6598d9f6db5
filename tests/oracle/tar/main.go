// Reads tars with Go's archive/tar, with which BuildKit and containerd read layers.
//
// It takes tars from standard input, each as a line of base64, and writes for each a line of JSON: its files with their
// headers and the digest of their content, or the error that the reading ended with.
package main

import (
	"archive/tar"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

type entry struct {
	// Names are bytes, not text: JSON has them as base64.
	Name     []byte `json:"name"`
	Linkname []byte `json:"linkname"`
	Type     string `json:"type"`
	Size     int64  `json:"size"`
	Mode     int64  `json:"mode"`
	Uid      int    `json:"uid"`
	Gid      int    `json:"gid"`
	SHA256   string `json:"sha256"`
}

type result struct {
	Error   string  `json:"error,omitempty"`
	Entries []entry `json:"entries"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	for lines.Scan() {
		archive, err := base64.StdEncoding.DecodeString(lines.Text())
		if err != nil {
			return err
		}
		if err := encoder.Encode(read(archive)); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return out.Flush()
}

func read(archive []byte) result {
	res := result{Entries: []entry{}}
	reader := tar.NewReader(bytes.NewReader(archive))
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return res
		}
		if err != nil {
			return result{Error: err.Error()}
		}
		hash := sha256.New()
		if _, err := io.Copy(hash, reader); err != nil {
			return result{Error: err.Error()}
		}
		res.Entries = append(res.Entries, entry{
			Name:     []byte(header.Name),
			Linkname: []byte(header.Linkname),
			Type:     string(rune(header.Typeflag)),
			Size:     header.Size,
			Mode:     header.Mode,
			Uid:      header.Uid,
			Gid:      header.Gid,
			SHA256:   hex.EncodeToString(hash.Sum(nil)),
		})
	}
}
