# The page for man knows each option that --help lists, and no other.
options() { grep -oE -- '--[a-z]+(-[a-z]+)*' | sort -u; }
$FACTSH --help | options >"$SCRATCH/known"
sed 's/\\-/-/g' "$ROOT/scripts/man/factsh.1" | grep -v generate-completion | options >"$SCRATCH/told"
diff "$SCRATCH/known" "$SCRATCH/told" && echo "the same $(wc -l <"$SCRATCH/known") options"
