# The scripts that complete a command line know each option and the modes.
$FACTSH --help | grep -oE -- '--[a-z]+(-[a-z]+)*' | sed 's/^--//' | sort -u >"$SCRATCH/known"
for shell in bash zsh fish; do
  $FACTSH --generate-completion-script $shell >"$SCRATCH/$shell"
  echo "$shell: status $?"
  # fish writes `-l name`, the others `--name`.
  while read -r option; do
    grep -qE -e "(--|-l '?)$option\b" "$SCRATCH/$shell" || echo "$shell does not know --$option"
  done <"$SCRATCH/known"
  grep -q 'json.*jsonl.*markdown' "$SCRATCH/$shell" || echo "$shell does not know the modes"
done
bash -n "$SCRATCH/bash" && echo "bash reads it"
$FACTSH --generate-completion-script tcsh
echo "tcsh: status $?"
