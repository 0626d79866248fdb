// Package multicast is what skynet.multicast stands on: channels, to which services
// subscribe, and to all of whose subscribers a message goes that one publishes.
//
// In skynet a service, multicastd, keeps the channels, here the node does. A subscription
// belongs to a version of a service's code: that of new code takes over as it begins to
// serve, and the end of the old takes nothing from it.
package multicast
