package backend

import (
	"context"

	"devnode/console"
)

// Logon implements [console.MailLog].
func (b *Backend) Logon(_ context.Context, of console.Address) error {
	return b.node.LogMail(handle(of), true)
}

// Logoff implements [console.MailLog].
func (b *Backend) Logoff(_ context.Context, of console.Address) error {
	return b.node.LogMail(handle(of), false)
}

// ClearCache implements [console.CodeCache].
func (b *Backend) ClearCache(context.Context) error {
	b.node.ClearCache()
	return nil
}
