// Reads a log that a node serves with the packages of Go's module checksum database: the checkpoint with note, the tree
// with tlog. Nothing here knows Fiducie but the layout of C2SP tlog-tiles.
//
//	reader -ca authority.pem -key VERIFIER_KEY -token-file token https://eau.example.org/log
//
// Prints {"origin", "size", "records", "trees"}, or says what is wrong and ends with 1.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type log struct {
	client *http.Client
	prefix string
	token  string
}

func (l *log) get(path, token string) ([]byte, error) {
	request, err := http.NewRequest("GET", l.prefix+"/"+path, nil)
	if err != nil {
		return nil, err
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := l.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != 200 {
		err = fmt.Errorf("%s: %s", path, response.Status)
	}
	return body, err
}

// Height and ReadTiles make it a tlog.TileReader. Its paths name the height, those of tlog-tiles do not.
func (l *log) Height() int { return 8 }

func (l *log) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := l.get("tile/"+strings.TrimPrefix(tile.Path(), "tile/8/"), "")
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (l *log) SaveTiles([]tlog.Tile, [][]byte) {}

func entries(bundle []byte) ([][]byte, error) {
	var all [][]byte
	for len(bundle) > 0 {
		if len(bundle) < 2 {
			return nil, fmt.Errorf("bundle ends within a length")
		}
		length := int(binary.BigEndian.Uint16(bundle))
		if bundle = bundle[2:]; len(bundle) < length {
			return nil, fmt.Errorf("bundle ends within an entry")
		}
		all, bundle = append(all, bundle[:length]), bundle[length:]
	}
	return all, nil
}

func run(l *log, key string) (map[string]any, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return nil, err
	}
	text, err := l.get("checkpoint", "")
	if err != nil {
		return nil, err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return nil, err
	}
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return nil, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil {
		return nil, err
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	// Authenticates every tile against the signed root before it gives a hash.
	reader := tlog.TileHashReader(tree, l)
	records, trees := int64(0), 0
	for start := int64(0); start < size; start += 256 {
		tile := tlog.Tile{H: 8, L: 0, N: start / 256, W: int(min(256, size-start))}
		bundle, err := l.get("tile/entries/"+strings.TrimPrefix(tile.Path(), "tile/8/0/"), l.token)
		if err != nil {
			return nil, err
		}
		all, err := entries(bundle)
		if err != nil {
			return nil, err
		}
		for n, entry := range all {
			index := start + int64(n)
			hash := tlog.RecordHash(entry)
			stored, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
			if err != nil {
				return nil, err
			}
			if !bytes.Equal(stored[0][:], hash[:]) {
				return nil, fmt.Errorf("entry %d is not the one that was hashed", index)
			}
			if index%17 == 0 || index == size-1 {
				proof, err := tlog.ProveRecord(size, index, reader)
				if err != nil {
					return nil, err
				}
				if err := tlog.CheckRecord(proof, size, tree.Hash, index, hash); err != nil {
					return nil, err
				}
			}
			records++
		}
	}
	if records != size {
		return nil, fmt.Errorf("%d records, the checkpoint says %d", records, size)
	}
	for before := int64(1); before <= size; before += 1 + size/9 {
		old, err := tlog.TreeHash(before, reader)
		if err != nil {
			return nil, err
		}
		proof, err := tlog.ProveTree(size, before, reader)
		if err != nil {
			return nil, err
		}
		if err := tlog.CheckTree(proof, size, tree.Hash, before, old); err != nil {
			return nil, err
		}
		trees++
	}
	return map[string]any{"origin": lines[0], "size": size, "records": records, "trees": trees}, nil
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

func main() {
	ca := flag.String("ca", "", "PEM certificates of the authority to trust")
	key := flag.String("key", "", "verifier key of the log")
	tokenFile := flag.String("token-file", "", "token that lets its holder see entries")
	flag.Parse()
	said, err := func() (map[string]any, error) {
		pem, err := os.ReadFile(*ca)
		if err != nil {
			return nil, err
		}
		token, err := os.ReadFile(*tokenFile)
		if err != nil {
			return nil, err
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(pem)
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
		return run(&log{client, flag.Arg(0), strings.TrimSpace(string(token))}, *key)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(said)
}
