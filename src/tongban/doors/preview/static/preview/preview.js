// The page is drawn anew when a file of the pack was saved.
(async () => {
  const asked = async () => (await fetch("/preview/version")).text();
  let shown;
  for (;;) {
    try {
      const now = await asked();
      if (shown !== undefined && shown !== now) location.reload();
      shown = now;
    } catch { /* the preview was stopped; it may come back */ }
    await new Promise((done) => setTimeout(done, 1000));
  }
})();
