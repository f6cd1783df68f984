/* Cleaning a stream: windows over a buffer that keeps what stood before, and holds back what may go on. */
#include "redact/cleaner.h"

enum { PIECE = 1 << 20 };

struct redact_stream {
	struct redactor *redactor;
	redact_take *take;
	void *context;
	char *at; /* what stood before `done`, for context, and what is to be cleaned */
	size_t len, room, done;
	struct build out;
};

struct redact_stream *redact_stream_new(struct redactor *redactor, redact_take *take, void *context)
{
	struct redact_stream *stream = calloc(1, sizeof(*stream));

	if (!stream)
		abort();
	*stream = (struct redact_stream){ .redactor = redactor, .take = take, .context = context,
					  .out.ceiling = 16 * (size_t)REDACT_WINDOW };
	return stream;
}

void redact_stream_free(struct redact_stream *stream)
{
	if (!stream)
		return;
	free(stream->at);
	build_done(&stream->out);
	free(stream);
}

/* Cleans up to `stop` and gives it out. */
static int advance(struct redact_stream *stream, size_t stop, struct error *err)
{
	struct text window = { stream->at, stream->len };
	size_t drop;
	int code;

	build_clear(&stream->out);
	code = window_clean(stream->redactor, window, stream->done, &stop, &stream->out, err);
	if (code == 0 && stream->out.cut)
		code = fail(err, -EFBIG, "cannot redact: the cleaned text is too long");
	if (code < 0)
		return code;
	stream->done = stop;
	drop = stream->done > REDACT_AROUND ? stream->done - REDACT_AROUND : 0;
	/* Moved rarely: when what is dropped is more than what stays. */
	if (drop > stream->len - drop || drop > PIECE) {
		memmove(stream->at, stream->at + drop, stream->len - drop);
		stream->len -= drop;
		stream->done -= drop;
	}
	code = stream->take(stream->context, (struct clean){ build_text(&stream->out) }, err);
	return code < 0 ? code : 0;
}

/* So that `len` bytes more have room. */
static void grow(struct redact_stream *stream, size_t len)
{
	if (stream->len + len <= stream->room)
		return;
	stream->room = (stream->len + len) * 2;
	stream->at = realloc(stream->at, stream->room);
	if (!stream->at)
		abort();
}

char *redact_room(struct redact_stream *stream, size_t *len)
{
	grow(stream, PIECE);
	*len = PIECE;
	return stream->at + stream->len;
}

int redact_filled(struct redact_stream *stream, size_t len, struct error *err)
{
	struct text sure;
	int code;

	stream->len += len;
	if (stream->len - stream->done < REDACT_WINDOW + REDACT_AROUND)
		return 0;
	sure = (struct text){ stream->at, stream->len - REDACT_AROUND };
	code = advance(stream, window_end(sure, stream->done, sure.len - stream->done - 1), err);
	return code < 0 ? code : 0;
}

int redact_push(struct redact_stream *stream, struct text piece, struct error *err)
{
	while (piece.len) {
		struct text part = text_until(piece, PIECE);
		int code;

		grow(stream, part.len);
		memcpy(stream->at + stream->len, part.at, part.len);
		piece = text_from(piece, part.len);
		code = redact_filled(stream, part.len, err);
		if (code < 0)
			return code;
	}
	return 0;
}

int redact_flush(struct redact_stream *stream, struct error *err)
{
	const char *line = stream->len > stream->done
				   ? memrchr(stream->at + stream->done, '\n', stream->len - stream->done)
				   : NULL;

	return line ? advance(stream, (size_t)(line - stream->at) + 1, err) : 0;
}

int redact_end(struct redact_stream *stream, struct error *err)
{
	return stream->len > stream->done ? advance(stream, stream->len, err) : 0;
}
