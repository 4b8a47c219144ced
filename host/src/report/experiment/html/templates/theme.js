(() => {
  const root = document.documentElement;
  const kept = () => { try { return localStorage.getItem("pointsman-theme"); } catch { return null; } };
  const keep = (theme) => { try { localStorage.setItem("pointsman-theme", theme); } catch { /* a page from a file may not */ } };
  const asked = kept();
  if (asked === "light" || asked === "dark") root.dataset.theme = asked;
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    const name = () => { button.textContent = isDark() ? "Light" : "Dark"; button.title = `Show this page on a ${isDark() ? "light" : "dark"} ground`; };
    button.hidden = false;
    button.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; keep(root.dataset.theme); name(); });
    name();
  });
})();
