// Tells the server, by cookies, what only the browser knows: dark or light, and the time zone.
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const keep = (name, value) => {
    const known = document.cookie.includes(`${name}=${value}`);
    document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
    return known;
  };
  const scheme = () => keep("forecastle_scheme", dark.matches ? "dark" : "light");
  scheme();
  keep("forecastle_zone", encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone));
  dark.addEventListener("change", scheme);
})();
