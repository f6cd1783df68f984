/* Workloads of the network, all on the loopback: TCP, UDP and unix sockets, name lookups, failures and drops. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "work.h"

static char room[1 << 16];
static int listener = -1;

static struct sockaddr_in loopback(const char *port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons((unsigned short)number(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static int at_port(int type, const char *port, int listening)
{
	struct sockaddr_in to = loopback(port);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0), yes = 1;

	if (fd < 0)
		return -1;
	if (!listening)
		return connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0 ? close(fd), -1 : fd;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(fd, (struct sockaddr *)&to, sizeof(to)) < 0 || (type == SOCK_STREAM && listen(fd, 100) < 0))
		return close(fd), -1;
	return fd;
}

static int prepare_tcp(char **args)
{
	listener = at_port(SOCK_STREAM, args[1], 1);
	return listener;
}

static int run_tcp(char **args)
{
	for (long i = 0; i < number(args[0]); i++) {
		int near = at_port(SOCK_STREAM, args[1], 0), far = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (near < 0 || far < 0)
			return -1;
		close(near);
		close(far);
	}
	return 0;
}

static int move(int out, int in, size_t size)
{
	size_t moved = 0;

	if (send(out, room, size, 0) != (ssize_t)size)
		return -1;
	while (moved < size) {
		ssize_t got = recv(in, room, sizeof(room), 0);

		if (got <= 0)
			return -1;
		moved += (size_t)got;
	}
	return 0;
}

/* One connection, N messages of SIZE bytes. */
static int run_tcpbytes(char **args)
{
	int near = at_port(SOCK_STREAM, args[1], 0), far = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	TIMES(number(args[0]), move(near, far, (size_t)number(args[2])));
	return close(near) | close(far);
}

static int run_refused(char **args)
{
	TIMES(number(args[0]), (nap_ms(1), at_port(SOCK_STREAM, args[1], 0)) < 0 && errno == ECONNREFUSED ? 0 : -1);
	return 0;
}

/* Connections that the client ends with a reset. */
static int run_reset(char **args)
{
	struct linger now = {1, 0};

	for (long i = 0; i < number(args[0]); i++) {
		int near = at_port(SOCK_STREAM, args[1], 0), far = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (near < 0 || far < 0)
			return -1;
		setsockopt(near, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		close(near);
		close(far);
	}
	return 0;
}

static int run_listen(char **args)
{
	for (long i = 0; i < number(args[0]); i++) {
		int fd = at_port(SOCK_STREAM, args[1], 1);

		if (fd < 0)
			return -1;
		close(fd);
	}
	return 0;
}

/* N clients knock at a listener whose queue is full: the kernel drops their SYN, and sends it again after a second. */
static int run_retransmit(char **args)
{
	struct sockaddr_in to = loopback(args[1]);
	int full = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;

	setsockopt(full, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(full, (struct sockaddr *)&to, sizeof(to)) < 0 || listen(full, 0) < 0 || at_port(SOCK_STREAM, args[1], 0) < 0)
		return -1;
	for (long i = 0; i < number(args[0]); i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

		if (connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0 && errno != EINPROGRESS)
			return -1;
	}
	nap_ms(1500);
	return 0;
}

static int prepare_udp(char **args)
{
	listener = at_port(SOCK_DGRAM, args[1], 1);
	return listener;
}

static int run_udp(char **args)
{
	struct sockaddr_in to = loopback(args[1]);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	TIMES(number(args[0]), sendto(fd, room, (size_t)number(args[2]), 0, (struct sockaddr *)&to, sizeof(to)) < 0
			? -1 : recvfrom(listener, room, sizeof(room), 0, NULL, NULL));
	return close(fd);
}

/* Datagrams to a port where nobody listens: each is dropped for want of a socket. */
static int run_udpnobody(char **args)
{
	struct sockaddr_in to = loopback(args[1]);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	TIMES(number(args[0]), sendto(fd, room, 100, 0, (struct sockaddr *)&to, sizeof(to)));
	return close(fd);
}

/* Datagrams to a socket that never reads: its small buffer fills, and the rest is dropped. */
static int run_udpfull(char **args)
{
	struct sockaddr_in to = loopback(args[1]);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), small = 1;

	setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	TIMES(number(args[0]), sendto(fd, room, 1000, 0, (struct sockaddr *)&to, sizeof(to)));
	return close(fd);
}

static int run_unix(char **args)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int near, far, door = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", args[1]);
	unlink(args[1]);
	if (bind(door, (struct sockaddr *)&to, sizeof(to)) < 0 || listen(door, 10) < 0)
		return -1;
	for (long i = 0; i < number(args[0]); i++) {
		near = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (connect(near, (struct sockaddr *)&to, sizeof(to)) < 0)
			return -1;
		far = accept4(door, NULL, NULL, SOCK_CLOEXEC);
		if (move(near, far, 100) < 0)
			return -1;
		close(near);
		close(far);
	}
	return close(door);
}

static int run_pair(char **args)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return -1;
	TIMES(number(args[0]), move(ends[0], ends[1], (size_t)number(args[1])));
	return close(ends[0]) | close(ends[1]);
}

static int run_lookup(char **args)
{
	struct addrinfo *found, wish = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};

	for (long i = 0; i < number(args[0]); i++) {
		if (getaddrinfo(args[1], NULL, &wish, &found) != 0)
			return -1;
		freeaddrinfo(found);
	}
	return 0;
}

static int run_socket(char **args)
{
	TIMES(number(args[0]), close(socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)));
	return 0;
}

static int run_setsockopt(char **args)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;

	TIMES(number(args[0]), setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes)));
	return close(fd);
}

static int run_shutdown(char **args)
{
	for (long i = 0; i < number(args[0]); i++) {
		int near = at_port(SOCK_STREAM, args[1], 0), far = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (shutdown(near, SHUT_RDWR) < 0)
			return -1;
		close(near);
		close(far);
	}
	return 0;
}

struct late {
	int fd;
	long times, ms;
};

static void *connect_late(void *context)
{
	struct late *late = context;

	for (long i = 0; i < late->times; i++) {
		nap_ms(late->ms);
		if (send(late->fd, "x", 1, 0) != 1)
			perror("send");
	}
	return NULL;
}

/* recv calls that each wait MS milliseconds for their byte. */
static int run_slowrecv(char **args)
{
	int near = at_port(SOCK_STREAM, args[1], 0), far = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	struct late late = {.fd = near, .times = number(args[0]), .ms = number(args[2])};
	pthread_t thread;

	errno = pthread_create(&thread, NULL, connect_late, &late);
	if (errno)
		return -1;
	TIMES(late.times, recv(far, room, 1, 0));
	pthread_join(thread, NULL);
	return close(near) | close(far);
}

static struct sockaddr_in6 loopback6(const char *port)
{
	return (struct sockaddr_in6){
		.sin6_family = AF_INET6, .sin6_port = htons((unsigned short)number(port)), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
}

static int prepare_tcp6(char **args)
{
	struct sockaddr_in6 at = loopback6(args[1]);

	listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return bind(listener, (struct sockaddr *)&at, sizeof(at)) < 0 ? -1 : listen(listener, 100);
}

static int run_tcp6(char **args)
{
	struct sockaddr_in6 to = loopback6(args[1]);

	for (long i = 0; i < number(args[0]); i++) {
		int near = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), far;

		if (connect(near, (struct sockaddr *)&to, sizeof(to)) < 0)
			return -1;
		far = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (far < 0)
			return -1;
		close(near);
		close(far);
	}
	return 0;
}

/* Datagrams through sendmsg and recvmsg. */
static int run_sendmsg(char **args)
{
	struct sockaddr_in to = loopback(args[1]);
	struct iovec part = {room, (size_t)number(args[2])}, all = {room, sizeof(room)};
	struct msghdr out = {.msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = &part, .msg_iovlen = 1};
	struct msghdr in = {.msg_iov = &all, .msg_iovlen = 1};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	TIMES(number(args[0]), sendmsg(fd, &out, 0) < 0 ? -1 : (int)recvmsg(listener, &in, 0));
	return close(fd);
}

static int run_getsockopt(char **args)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), value;
	socklen_t size = sizeof(value);

	TIMES(number(args[0]), getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &value, &size));
	return close(fd);
}

/* Binds to a port that is taken. */
static int run_bindfail(char **args)
{
	struct sockaddr_in to = loopback(args[1]);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	TIMES(number(args[0]), bind(fd, (struct sockaddr *)&to, sizeof(to)) < 0 && errno == EADDRINUSE ? 0 : -1);
	return close(fd);
}

/* Reads from a socket that has nothing to give. */
static int run_emptyrecv(char **args)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct sockaddr_in any = {.sin_family = AF_INET};

	if (bind(fd, (struct sockaddr *)&any, sizeof(any)) < 0)
		return -1;
	TIMES(number(args[0]), recv(fd, room, 100, 0) < 0 && errno == EAGAIN ? 0 : -1);
	return close(fd);
}

static int run_brokenpipe(char **args)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0 || close(ends[1]) < 0)
		return -1;
	TIMES(number(args[0]), send(ends[0], room, 10, 0) < 0 && errno == EPIPE ? 0 : -1);
	return close(ends[0]);
}

/* Connections that are each open for MS milliseconds. */
static int run_longconn(char **args)
{
	for (long i = 0; i < number(args[0]); i++) {
		int near = at_port(SOCK_STREAM, args[1], 0), far = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (near < 0 || far < 0)
			return -1;
		nap_ms(number(args[2]));
		close(near);
		close(far);
	}
	return 0;
}

static void *knock_late(void *context)
{
	char **args = context;

	for (long i = 0; i < number(args[0]); i++) {
		nap_ms(number(args[2]));
		close(at_port(SOCK_STREAM, args[1], 0));
	}
	return NULL;
}

/* accept calls that each wait MS milliseconds for their client. */
static int run_acceptwait(char **args)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, knock_late, args);
	if (errno)
		return -1;
	TIMES(number(args[0]), close(accept4(listener, NULL, NULL, SOCK_CLOEXEC)));
	pthread_join(thread, NULL);
	return 0;
}

static int run_unixdgram(char **args)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends) < 0)
		return -1;
	TIMES(number(args[0]), move(ends[0], ends[1], (size_t)number(args[1])));
	return close(ends[0]) | close(ends[1]);
}

const struct op net_ops[] = {
	{"tcp", "N PORT", prepare_tcp, run_tcp},
	{"tcpbytes", "N PORT SIZE", prepare_tcp, run_tcpbytes},
	{"refused", "N PORT", NULL, run_refused},
	{"reset", "N PORT", prepare_tcp, run_reset},
	{"listen", "N PORT", NULL, run_listen},
	{"retransmit", "N PORT", NULL, run_retransmit},
	{"udp", "N PORT SIZE", prepare_udp, run_udp},
	{"udpnobody", "N PORT", NULL, run_udpnobody},
	{"udpfull", "N PORT", prepare_udp, run_udpfull},
	{"unix", "N PATH", NULL, run_unix},
	{"pair", "N SIZE", NULL, run_pair},
	{"lookup", "N NAME", NULL, run_lookup},
	{"socket", "N", NULL, run_socket},
	{"setsockopt", "N", NULL, run_setsockopt},
	{"shutdown", "N PORT", prepare_tcp, run_shutdown},
	{"slowrecv", "N PORT MS", prepare_tcp, run_slowrecv},
	{"tcp6", "N PORT", prepare_tcp6, run_tcp6},
	{"sendmsg", "N PORT SIZE", prepare_udp, run_sendmsg},
	{"getsockopt", "N", NULL, run_getsockopt},
	{"bindfail", "N PORT", prepare_tcp, run_bindfail},
	{"emptyrecv", "N", NULL, run_emptyrecv},
	{"brokenpipe", "N", NULL, run_brokenpipe},
	{"longconn", "N PORT MS", prepare_tcp, run_longconn},
	{"acceptwait", "N PORT MS", prepare_tcp, run_acceptwait},
	{"unixdgram", "N SIZE", NULL, run_unixdgram},
	{NULL, NULL, NULL, NULL},
};
