#define _GNU_SOURCE
#include "CLibEdit.h"

#include <errno.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// libedit keeps its own idea of the screen and draws it into this stream. The painter draws
// instead, so only the bell goes through.
static ssize_t sink_write(void *cookie, const char *bytes, size_t count) {
  (void)cookie;
  if (memchr(bytes, '\a', count) != NULL) {
    ssize_t ignored = write(STDOUT_FILENO, "\a", 1);
    (void)ignored;
  }
  return (ssize_t)count;
}

static FILE *open_sink(void) {
  cookie_io_functions_t functions = {.write = sink_write};
  return fopencookie(NULL, "w", functions);
}

EditLine *factsh_el_start(const char *program, void *client, factsh_read_fn reader) {
  FILE *sink = open_sink();
  if (sink == NULL) {
    return NULL;
  }
  EditLine *el = el_init_fd(program, stdin, sink, sink, STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO);
  if (el == NULL) {
    fclose(sink);
    return NULL;
  }
  el_set(el, EL_CLIENTDATA, client);
  // libedit's own handlers draw inside the handler and signal the whole process group.
  el_set(el, EL_SIGNAL, 0);
  el_set(el, EL_EDITOR, "emacs");
  el_set(el, EL_GETCFN, reader);
  return el;
}

void factsh_el_end(EditLine *el) {
  FILE *sink = NULL;
  el_get(el, EL_GETFP, 1, &sink);
  el_end(el);
  if (sink != NULL) {
    fclose(sink);
  }
}

void *factsh_el_client(EditLine *el) {
  void *client = NULL;
  el_get(el, EL_CLIENTDATA, &client);
  return client;
}

void factsh_el_add_function(
    EditLine *el, const char *name, const char *help, factsh_key_fn function) {
  // libedit keeps both pointers for as long as the editor lives.
  el_set(el, EL_ADDFN, strdup(name), strdup(help), function);
}

void factsh_el_bind(EditLine *el, bool command, const char *key, const char *name) {
  if (command) {
    el_set(el, EL_BIND, "-a", key, name, NULL);
  } else {
    el_set(el, EL_BIND, key, name, NULL);
  }
}

void factsh_el_set_editor(EditLine *el, const char *name) { el_set(el, EL_EDITOR, name); }

bool factsh_el_is_vi(EditLine *el) {
  const char *name = NULL;
  el_get(el, EL_EDITOR, &name);
  return name != NULL && strcmp(name, "vi") == 0;
}

void factsh_el_prepare(EditLine *el, bool raw) { el_set(el, EL_PREP_TERM, raw ? 1 : 0); }

// ---- History ---------------------------------------------------------------------------------

struct history_view {
  factsh_entry_fn entry;
  void *context;
  int position;
  char *current;
};

static int show_entry(struct history_view *view, HistEvent *event, int position) {
  char *text = position < 0 ? NULL : view->entry(view->context, position);
  if (text == NULL) {
    event->num = -1;
    event->str = "no such event";
    return -1;
  }
  free(view->current);
  view->current = text;
  view->position = position;
  event->num = position + 1;
  event->str = text;
  return 0;
}

// Stands in for history(3): libedit walks entries that live on the Swift side, so that they are
// neither copied nor read before they are wanted.
static int view_history(void *reference, HistEvent *event, int operation, ...) {
  struct history_view *view = reference;
  va_list arguments;
  switch (operation) {
    case H_FIRST:
      return show_entry(view, event, 0);
    case H_NEXT:
      return show_entry(view, event, view->position + 1);
    case H_PREV:
      return show_entry(view, event, view->position - 1);
    case H_CURR:
      return show_entry(view, event, view->position);
    case H_SET:
      va_start(arguments, operation);
      int number = va_arg(arguments, int);
      va_end(arguments);
      return show_entry(view, event, number - 1);
    case H_LAST: {
      int position = view->position;
      while (show_entry(view, event, position + 1) == 0) {
        position += 1;
      }
      return show_entry(view, event, position);
    }
    default:
      return -1;
  }
}

void factsh_el_history(EditLine *el, factsh_entry_fn entry, void *context) {
  struct history_view *view = calloc(1, sizeof *view);
  if (view == NULL) {
    return;
  }
  view->entry = entry;
  view->context = context;
  el_set(el, EL_HIST, view_history, view);
}

// ---- editrc ----------------------------------------------------------------------------------

static bool chooses_mode(int count, const char **words) {
  if (count < 2) {
    return false;
  }
  const char *colon = strchr(words[0], ':');
  const char *command = colon == NULL ? words[0] : colon + 1;
  return strcmp(command, "bind") == 0
         && (strcmp(words[1], "-v") == 0 || strcmp(words[1], "-e") == 0);
}

bool factsh_el_run(EditLine *el, const char *line, bool mode_only) {
  Tokenizer *tokenizer = tok_init(NULL);
  if (tokenizer == NULL) {
    return false;
  }
  int count = 0;
  const char **words = NULL;
  bool understood = tok_str(tokenizer, line, &count, &words) == 0;
  if (understood && count > 0 && chooses_mode(count, words) == mode_only) {
    understood = el_parse(el, count, words) >= 0;
  }
  tok_end(tokenizer);
  return understood;
}

// ---- Locale ----------------------------------------------------------------------------------

bool factsh_use_utf8(void) {
  if (setlocale(LC_CTYPE, "") == NULL || MB_CUR_MAX == 1) {
    return setlocale(LC_CTYPE, "C.UTF-8") != NULL || setlocale(LC_CTYPE, "en_US.UTF-8") != NULL;
  }
  return true;
}
