package console

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

const tokenBytes = 32

// loadToken reads a token file, or makes one. A file that others may read holds
// no secret, and is refused.
func loadToken(path string) (string, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return makeToken(path)
	}
	if err != nil {
		return "", fmt.Errorf("console token: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return "", hint(fmt.Errorf("console token: %s has mode %04o, others may read it", path, info.Mode().Perm()), "chmod 600 "+path)
	}
	return ReadToken(path)
}

// ReadToken reads the token of a file, for the client's side.
func ReadToken(path string) (string, error) {
	b, err := readSecret(path)
	if err != nil {
		return "", fmt.Errorf("console token: %w", err)
	}
	token := strings.TrimSpace(string(b))
	if raw, err := hex.DecodeString(token); err != nil || len(raw) != tokenBytes {
		return "", fmt.Errorf("console token: %s holds no %d bytes in hex", path, tokenBytes)
	}
	return token, nil
}

// maxSecret is more than a token file holds.
const maxSecret = 4 << 10

// readSecret reads a small regular file. A pipe or a device could make a node that
// starts wait, or read, for ever.
func readSecret(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, hint(fmt.Errorf("%s: not a regular file", path), "a FILE that isn't there: the node makes it")
	case info.Size() > maxSecret:
		return nil, fmt.Errorf("%s: larger than %d KB, a token is %d bytes in hex", path, maxSecret>>10, tokenBytes)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, maxSecret))
}

func makeToken(path string) (string, error) {
	raw := make([]byte, tokenBytes)
	_, _ = rand.Read(raw) // never fails, see crypto/rand
	token := hex.EncodeToString(raw)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", fmt.Errorf("console token: %w", err)
	}
	_, err = f.WriteString(token + "\n")
	if err := errors.Join(err, f.Close()); err != nil {
		return "", fmt.Errorf("console token: %w", err)
	}
	return token, nil
}

// accepts compares in a time that tells nothing about the token, nor its length.
func (g guard) accepts(try string) bool {
	a, b := sha256.Sum256([]byte(strings.TrimSpace(try))), sha256.Sum256([]byte(g.token))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// tokenQuestion is the line that asks for the token, the first that a client
// gets where one is needed.
const tokenQuestion = "token?"

// errNoToken ends a connection that failed to log in.
var errNoToken = errors.New("wrong token")

// login asks for the token where one is needed. Nothing else is said before.
func (c *conn) login(ctx context.Context, q *inbox, out deadlineWriter) error {
	if c.guard.token == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, loginTimeout)
	defer cancel()
	for range loginTries {
		_, _ = io.WriteString(out, tokenQuestion+"\n")
		if err := out.Flush(); err != nil {
			return err
		}
		try := ""
		for try == "" { // a blank line is no try: a client's way to speak first
			var err error
			if try, err = q.next(ctx); err != nil {
				return err
			}
		}
		if c.guard.accepts(try) {
			c.places.know(c)
			return nil
		}
	}
	_, _ = io.WriteString(out, errNoToken.Error()+"\n")
	return errNoToken
}
