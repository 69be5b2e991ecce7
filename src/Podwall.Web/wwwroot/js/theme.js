// Before anything is painted: the theme that was chosen last.
try {
  const theme = localStorage.getItem("podwall-theme");
  if (theme === "dark" || theme === "light")
    document.documentElement.dataset.theme = theme;
} catch { /* A browser that keeps nothing shows what the system says. */ }
