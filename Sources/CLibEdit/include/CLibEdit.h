// What Swift cannot reach by itself: variadic functions, FILE streams, macros, signal handlers
// and pseudo-terminals.
#ifndef CLIBEDIT_H
#define CLIBEDIT_H

#include <histedit.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <wchar.h>

// ---- The line editor -------------------------------------------------------------------------

/// Reads one character; 1 if read, 0 at the end of input, -1 with errno set on an error.
typedef int (*factsh_read_fn)(EditLine *_Nullable, wchar_t *_Nullable);

/// A function that a key can be bound to; returns one of the CC_ codes.
typedef unsigned char (*factsh_key_fn)(EditLine *_Nullable, int);

/// The history entry `index` places back (0 is the newest) in memory from malloc, or NULL.
typedef char *_Nullable (*factsh_entry_fn)(void *_Nullable context, int index);

/// Starts libedit on standard input; everything that it would draw is dropped except the bell.
EditLine *_Nullable factsh_el_start(
    const char *_Nonnull program, void *_Nonnull client, factsh_read_fn _Nonnull reader);

/// Ends what `factsh_el_start` started.
void factsh_el_end(EditLine *_Nonnull el);

/// The pointer given to `factsh_el_start`.
void *_Nullable factsh_el_client(EditLine *_Nonnull el);

/// Names a function so that keys can be bound to it.
void factsh_el_add_function(
    EditLine *_Nonnull el, const char *_Nonnull name, const char *_Nonnull help,
    factsh_key_fn _Nonnull function);

/// Binds `key` to the function called `name`; `command` chooses the vi command map.
void factsh_el_bind(
    EditLine *_Nonnull el, bool command, const char *_Nonnull key, const char *_Nonnull name);

/// Chooses `emacs` or `vi`, which puts all keys back to their defaults.
void factsh_el_set_editor(EditLine *_Nonnull el, const char *_Nonnull name);

/// Whether the keys are those of vi.
bool factsh_el_is_vi(EditLine *_Nonnull el);

/// Puts the terminal into the editing mode (true) or back (false).
void factsh_el_prepare(EditLine *_Nonnull el, bool raw);

/// Lets the walking and searching of libedit read history entries through `entry`.
void factsh_el_history(EditLine *_Nonnull el, factsh_entry_fn _Nonnull entry, void *_Nonnull context);

/// Runs one line of an editrc file; with `mode_only` nothing but `bind -v` and `bind -e`, else
/// everything else. Returns whether the line was understood.
bool factsh_el_run(EditLine *_Nonnull el, const char *_Nonnull line, bool mode_only);

// ---- Locale ----------------------------------------------------------------------------------

/// Takes the character set from the environment, or UTF-8 where it names none.
bool factsh_use_utf8(void);

// ---- Signals ---------------------------------------------------------------------------------

extern volatile sig_atomic_t factsh_interrupt_flag;

/// Whether an interrupt has arrived since the last reset; one load, fit for every batch.
static inline bool factsh_interrupted(void) {
  return __atomic_load_n(&factsh_interrupt_flag, __ATOMIC_RELAXED) != 0;
}

/// Forgets or raises the interrupt.
void factsh_set_interrupted(bool raised);

/// The signal that asks the process to end, or 0.
int factsh_termination(void);

/// Catches SIGINT, SIGTERM, SIGHUP, SIGWINCH and SIGCONT; safe to call again.
bool factsh_catch_signals(void);

/// A descriptor that becomes readable when a caught signal arrives; -1 before the first call of
/// `factsh_catch_signals`.
int factsh_signal_descriptor(void);

/// The next signal that arrived, or 0.
int factsh_next_signal(void);

/// Stops this process group as Ctrl-Z does; returns once it goes on.
void factsh_stop_group(void);

// ---- Terminals -------------------------------------------------------------------------------

/// The size of the terminal behind `descriptor`; false if it has none.
bool factsh_terminal_size(int descriptor, int *_Nonnull columns, int *_Nonnull rows);

/// Starts `path` in a new pseudo-terminal and returns its master side, or -1.
int factsh_spawn_in_terminal(
    const char *_Nonnull path, char *_Nullable const *_Nonnull arguments,
    char *_Nullable const *_Nonnull environment, int columns, int rows, pid_t *_Nonnull child);

/// Changes the size of the terminal behind `descriptor`, which signals its processes.
void factsh_resize_terminal(int descriptor, int columns, int rows);

#endif
