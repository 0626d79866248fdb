package ltls

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"slices"
	"strings"

	"devnode/runtime/library"
)

// settings are what newctx makes: what sessions have in common.
type settings struct{ certificates []tls.Certificate }

var settingsClass = &library.Class{
	Name: "_TLS_SSLCTX_METATABLE_",
	Methods: map[string]library.Function{
		"set_cert":    setCertificate,
		"set_ciphers": setProfiles,
	},
}

func settingsOf(c library.Call, n int) *settings {
	of, ok := library.Held[*settings](c.Arg(n))
	if !ok {
		c.Raise("need sslctx")
	}
	return of
}

// setCertificate is set_cert(certificates, key): the names of two files in PEM.
func setCertificate(c library.Call) {
	of := settingsOf(c, 1)
	certificateFile, ok := text(c, 2)
	if !ok {
		c.Raise("need certfile")
	}
	keyFile, ok := text(c, 3)
	if !ok {
		c.Raise("need private key")
	}
	var chain, key []byte
	var err, keyErr error
	c.Block(func() {
		chain, err = os.ReadFile(certificateFile)
		key, keyErr = os.ReadFile(keyFile)
	})
	if err == nil {
		err = checkChain(chain)
	}
	if err != nil {
		c.Raise("SSL_CTX_use_certificate_chain_file error:0: %s", err)
	}
	if keyErr != nil {
		c.Raise("SSL_CTX_use_PrivateKey_file error:0: %s", keyErr)
	}
	pair, err := tls.X509KeyPair(chain, key)
	if err != nil {
		c.Raise("SSL_CTX_use_PrivateKey_file error:0: %s", err)
	}
	of.certificates = []tls.Certificate{pair}
}

// checkChain tells whether a file's first certificate can be read.
func checkChain(chain []byte) error {
	for {
		block, rest := pem.Decode(chain)
		if block == nil {
			return errors.New("there is no certificate in the file")
		}
		if block.Type == "CERTIFICATE" {
			_, err := x509.ParseCertificate(block.Bytes)
			return err
		}
		chain = rest
	}
}

// profiles are what set_ciphers takes in skynet: it sets no ciphers, but how a call over
// UDP would be protected, which does nothing here.
var profiles = []string{"SRTP_AES128_CM_SHA1_80", "SRTP_AES128_CM_SHA1_32", "SRTP_AEAD_AES_128_GCM", "SRTP_AEAD_AES_256_GCM"}

// setProfiles is set_ciphers(list).
func setProfiles(c library.Call) {
	settingsOf(c, 1)
	list, ok := text(c, 2)
	if !ok {
		c.Raise("need cipher list")
	}
	for name := range strings.SplitSeq(list, ":") {
		if !slices.Contains(profiles, name) {
			c.Raise("SSL_CTX_set_tlsext_use_srtp error:1")
		}
	}
}

// text is argument n where it is a string, or a number.
func text(c library.Call, n int) (string, bool) {
	if t := c.Arg(n).Type(); t != "string" && t != "number" {
		return "", false
	}
	return c.String(n), true
}
