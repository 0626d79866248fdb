package ltls_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"devnode/runtime"
	"devnode/runtime/library/librarytest"
)

// certificate writes a certificate of localhost, and its key, to a folder.
func certificate(t *testing.T, dir, name string) (certificateFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write := func(file, kind string, bytes []byte) string {
		file = filepath.Join(dir, file)
		text := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes})
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	return write(name+".pem", "CERTIFICATE", der), write(name+".key", "PRIVATE KEY", private)
}

// carry is Lua that carries the bytes of a TLS context over a socket.
const carry = `
	local skynet = require "skynet"
	local socket = require "skynet.socket"
	local ltls = require "ltls.c"

	local function shake(id, tls)
		while not tls:finished() do
			local out = tls:handshake(assert(socket.read(id)))
			if out then socket.write(id, out) end
		end
	end
`

// TestClient asks a server of Go's for a page, by both versions of TLS.
func TestClient(t *testing.T) {
	body := strings.Repeat("0123456789abcdef", 20000)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n, _ := io.Copy(io.Discard, r.Body) // what is unread when the connection closes resets it
			fmt.Fprintf(w, "%s %s %d\n%s", r.TLS.ServerName, r.URL.Path, n, body)
		}))
		server.TLS = &tls.Config{MinVersion: version, MaxVersion: version}
		server.StartTLS()
		out := librarytest.Run(t, carry+`
	local address = ...
	skynet.start(function()
		local id = assert(socket.open(address))
		local tls = ltls.newtls("client", ltls.newctx(), "localhost")
		socket.write(id, tls:handshake())
		shake(id, tls)
		local request = ("x"):rep(100000)
		socket.write(id, tls:write("POST /page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 100000\r\n\r\n"))
		socket.write(id, tls:write(request))
		local answer = tls:read(socket.readall(id))
		print(answer:match "HTTP/1.1 200 OK", answer:match "localhost /page 100000\n", #answer > 320000)
		tls:close()
	end)`, server.Listener.Addr().String())
		server.Close()
		if want := "HTTP/1.1 200 OK\tlocalhost /page 100000\n\ttrue\n"; out != want {
			t.Errorf("version %x: got %q", version, out)
		}
	}
}

// TestServerOverAReload has a client of Go's talk with a service, which is reloaded meanwhile: what it keeps goes on.
func TestServerOverAReload(t *testing.T) {
	dir := t.TempDir()
	certificateFile, keyFile := certificate(t, dir, "server")
	script := carry + `
	local reload = require "reload"
	local state = reload.keep("state", {})
	local generation = 1
	local function serve()
		local received = "" -- what came with the end of the handshake is read first
		while received do
			for line in state.tls:read(received):gmatch "[^\n]+" do
				socket.write(state.id, state.tls:write(generation .. " " .. line .. "\n"))
			end
			received = socket.read(state.id)
		end
	end
	skynet.start(function()
		if state.id then return skynet.fork(serve) end
		local certificate, key = ` + fmt.Sprintf("%q, %q", certificateFile, keyFile) + `
		local listener, _, port = socket.listen("127.0.0.1", 0)
		local context = ltls.newctx()
		context:set_cert(certificate, key)
		socket.start(listener, function(id)
			socket.start(id)
			state.id, state.tls = id, ltls.newtls("server", context)
			shake(id, state.tls)
			socket.write(id, state.tls:write())
			skynet.fork(serve)
		end)
		skynet.dispatch("lua", function() skynet.retpack(port) end)
	end)`
	file := filepath.Join(dir, "main.lua")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	n := runtime.New(runtime.Config{ServicePath: []string{dir + "/?.lua"}, Log: io.Discard})
	defer n.Close()
	h, err := n.Launch(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	port, err := n.Call(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%v", port[0]))
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	client := tls.Client(plain, &tls.Config{InsecureSkipVerify: true, ServerName: "localhost"})
	lines := bufio.NewReader(client)
	echo := func(want string) {
		t.Helper()
		fmt.Fprintln(client, "hello")
		if got, err := lines.ReadString('\n'); err != nil || got != want+" hello\n" {
			t.Errorf("got %q %v, want %s", got, err, want)
		}
	}
	echo("1")
	if err := os.WriteFile(file, []byte(strings.Replace(script, "generation = 1", "generation = 2", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := n.Reload(t.Context(), []runtime.Handle{h}, runtime.ReloadOptions{})[0].Err; err != nil {
		t.Fatal(err)
	}
	echo("2")
	if name := client.ConnectionState().PeerCertificates[0].Subject.CommonName; name != "server" {
		t.Errorf("the certificate is that of %s", name)
	}
}

// TestFunctions has a client and a server of one service talk by strings, and asks for every error.
func TestFunctions(t *testing.T) {
	dir := t.TempDir()
	certificateFile, keyFile := certificate(t, dir, "one")
	_, otherKey := certificate(t, dir, "two")
	out := librarytest.Run(t, `
		local skynet = require "skynet"
		local ltls = require "ltls.c"
		local certificate, key, other = ...
		local function fails(fn, ...)
			local ok, why = pcall(fn, ...)
			print(ok or (tostring(why):gsub("^(SSL_%S+ error:%-?%d[%a ]*:?%-?%d*): .*", "%1 and why")))
		end
		local function pair(hostname)
			local context = ltls.newctx()
			context:set_cert(certificate, key)
			return ltls.newtls("client", ltls.newctx(), hostname), ltls.newtls("server", context)
		end
		skynet.start(function()
			local init = require "ltls.init.c"
			print("init", select("#", init.constructor()), select("#", init.destructor()))

			-- Byte by byte, so that each part of a record comes alone.
			local client, server = pair "localhost"
			local function feed(side, bytes, how)
				local out = ""
				for byte in (bytes or ""):gmatch "." do out = out .. (side[how](side, byte) or "") end
				return out
			end
			print("before", client:finished(), server:finished(), client:handshake("") == client:handshake())
			local client, server = pair()
			local hello = client:handshake()
			local answer = feed(server, hello, "handshake")
			local last = #answer
			for byte in answer:gmatch "." do
				if not client:finished() then assert(client:handshake(byte) == nil) last = last - 1 end
			end
			print("over", client:finished(), server:finished(), last)
			local final = client:write()
			for byte in final:gmatch "." do
				if not server:finished() then assert(server:handshake(byte) == nil) end
			end
			print("over", client:finished(), server:finished())
			print("tickets", feed(client, server:write(), "read") == "")
			local long = ("ab"):rep(20000)
			print("text", feed(server, client:write("hello"), "read"), client:read(server:write(long)) == long)
			print("halves", (function()
				local record = client:write("half")
				return server:read(record:sub(1, 7)), server:read(record:sub(8)), server:read(), server:read(nil)
			end)())
			print("number", server:read(client:write(42)), client:write(true), client:write(nil), client:write(""))
			fails(client.handshake, client)
			local record = client:write("harm")
			fails(server.read, server, record:sub(1, -2) .. string.char(record:byte(-1) ~ 1))
			fails(server.read, server)
			print("close", client:close(), client:close())
			for _, name in ipairs { "finished", "handshake", "read", "write", "set_ext_host_name" } do
				fails(client[name], client)
				fails(client[name])
			end

			-- What newtls and newctx are given.
			fails(ltls.newtls)
			fails(ltls.newtls, {})
			fails(ltls.newtls, nil, ltls.newctx())
			fails(ltls.newtls, "other", ltls.newctx())
			fails(ltls.newtls, "client", ltls.newctx(), {})
			local client, server = pair()
			fails(client.write, client, "early")
			print("early", client:read() == "", client:write() ~= "")
			print("name", client:set_ext_host_name("localhost"), client:set_ext_host_name(""), client:set_ext_host_name(("x"):rep(256)), client:set_ext_host_name(nil))

			-- A handshake that fails.
			local _, server = pair()
			fails(server.handshake, server, "GET / HTTP/1.1\r\n\r\n")
			fails(server.handshake, server)
			fails(server.read, server)
			fails(server.write, server, "x")
			local bare = ltls.newtls("server", ltls.newctx())
			fails(bare.handshake, bare, ltls.newtls("client", ltls.newctx()):handshake())

			local context = ltls.newctx()
			fails(context.set_cert, context)
			fails(context.set_cert, context, certificate)
			fails(context.set_cert, context, "nowhere", key)
			fails(context.set_cert, context, key, key)
			fails(context.set_cert, context, certificate, "nowhere")
			fails(context.set_cert, context, certificate, other)
			fails(context.set_cert)
			fails(context.set_ciphers, context)
			fails(context.set_ciphers, context, "HIGH")
			print("ciphers", select("#", context:set_ciphers "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM"))
		end)`, certificateFile, keyFile, otherKey)
	if want := strings.TrimPrefix(errorsWanted, "\n"); out != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}

const errorsWanted = `
init	0	0
before	false	false	false
over	true	false	0
over	true	true
tickets	true
text	hello	true
halves		half		
number	42			
handshake is finished
SSL_read error:1 and why
SSL_read error:1 and why
close	nil
context is closed
need tls context
context is closed
need tls context
context is closed
need tls context
context is closed
need tls context
context is closed
need tls context
need sslctx
bad argument #1 to 'ltls.c.newtls' (string expected, got table)
invalid method:nil e.g[server, client]
invalid method:other e.g[server, client]
bad argument #3 to 'ltls.c.newtls' (string expected, got table)
SSL_write error:2 and why
early	true	true
name	1	0	0	1
SSL_do_handshake error:1 ret:-1 and why
SSL_do_handshake error:1 ret:-1 and why
SSL_read error:1 and why
SSL_write error:1 and why
SSL_do_handshake error:1 ret:-1 and why
need certfile
need private key
SSL_CTX_use_certificate_chain_file error:0 and why
SSL_CTX_use_certificate_chain_file error:0 and why
SSL_CTX_use_PrivateKey_file error:0 and why
SSL_CTX_use_PrivateKey_file error:0 and why
need sslctx
need cipher list
SSL_CTX_set_tlsext_use_srtp error:1
ciphers	0
`
