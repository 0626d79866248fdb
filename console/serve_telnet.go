package console

import "context"

func (c *conn) serveTelnet(ctx context.Context, first []byte) error {
	return c.servePlain(ctx, nil)
}
