# Nothing in safe mode touches a file or starts a program, whichever way it is asked for.
safe() { $FACTSH --safe --today 2026-01-12 "$@"; }
cd "$SCRATCH"
echo 'p(1).' > given.dl
echo 'a,b' > data.csv

# What needs no file is answered, and files that the command line names are read.
safe --mode facts given.dl -c 'p(X)?'

# Reading.
safe -c 'file("data.csv", a: X)?'
safe -c 'p(1). p(X), not file("data.csv", a: X)?'
safe -c 'r(X) :- file("data.csv", a: X). r(X)?'
safe -c 'query q: file("data.csv", a: X)?' --run q
safe -c '.explain file("data.csv", a: X)?'
safe -c 'load r(X) :- file("data.csv", a: X).'
safe -c 'load r(X) :- p(X).'
safe -c '.read given.dl'
safe -c '.open base'
printf '.read given.dl\n' > reads.dl
safe reads.dl

# Writing.
safe -c 'p(1). p(X) | into "out.csv"?'
safe -c 'p(1). query q: p(X) | into "out.csv"?' -c '.run q'
safe -c 'p(1). p(X)?' -c '.last out.csv'
safe -c '.save out.dl'
safe -c 'p(1).' -c '.export p out.csv'

# Programs.
safe -c '.edit'
safe -c '.pager on'
safe -c '.set pager=on'
safe -c '.set pager off'
ls

# At the prompt commands may be shortened. The file of settings is not read in safe mode.
mkdir -p .config/factsh
echo '.save from-init.dl' > .config/factsh/init
prompt() { python3 -c 'import pty, sys; pty.spawn(sys.argv[1:])' $FACTSH --quiet "$@"; }
printf '.sa out.dl\n.expo p out.csv\n.rea given.dl\n.op base\n.ed\n.pag on\n.quit\n' | prompt --safe |
  grep -o '[^ ]* is not allowed in safe mode'
ls . .config/factsh
echo .quit | prompt > /dev/null
ls .config/factsh
