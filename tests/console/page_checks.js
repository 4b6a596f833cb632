// What is wrong with the page that is shown, as sentences; nothing is wrong if there are none.
(options) => {
  const { language, narrow, allowed } = options;
  const findings = [];
  const shown = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.display === "none" || style.visibility === "hidden" || style.opacity === "0") return false;
      if (at.getAttribute("aria-hidden") === "true") return false;
    }
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1;
  };
  const short = (text) => JSON.stringify(text.trim().replace(/\s+/g, " ").slice(0, 60));

  const headings = [...document.querySelectorAll("h1")].filter(shown);
  if (headings.length !== 1) findings.push(`${headings.length} headings of level 1`);
  let level = 0;
  for (const heading of [...document.querySelectorAll("#content :is(h1, h2, h3, h4)")].filter(shown)) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) findings.push(`heading ${short(heading.textContent)} of level ${next} follows level ${level}`);
    level = next;
  }
  if (!document.documentElement.lang.startsWith(language)) findings.push(`lang=${document.documentElement.lang}`);
  if (narrow) {
    const beyond = document.documentElement.scrollWidth - window.innerWidth;
    if (beyond > 0) {
      const wide = [...document.querySelectorAll("#content *")]
        .filter((each) => shown(each) && each.getBoundingClientRect().right > window.innerWidth + 1 && !each.closest(".scroll, .q-table__middle"))
        .slice(0, 3)
        .map((each) => `${each.tagName.toLowerCase()}.${each.className} ${short(each.textContent)}`);
      findings.push(`${beyond} pixels wider than the screen: ${wide.join("; ")}`);
    }
  }

  // Colours: text on what lies behind it, see WCAG 2.2, 1.4.3.
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const colours = new Map();
  const parsed = (colour) => {
    if (!colours.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
      colours.set(colour, [red, green, blue, alpha / 255]);
    }
    return colours.get(colour);
  };
  const over = (top, ground) => [0, 1, 2].map((part) => top[part] * top[3] + ground[part] * (1 - top[3])).concat(1);
  const background = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.backgroundImage !== "none") return null;
      const colour = parsed(style.backgroundColor);
      layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reduceRight((ground, layer) => over(layer, ground), [255, 255, 255, 1]);
  };
  const luminance = (colour) => {
    const [red, green, blue] = colour.slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const opacity = (element) => {
    let found = 1;
    for (let at = element; at; at = at.parentElement) found *= Number(getComputedStyle(at).opacity);
    return found;
  };

  const words = /[A-Za-z]{4,}/g;
  const isAllowed = new RegExp(`^(?:${allowed})$`);
  const foreign = (text) => {
    const sentence = text.replace(/forecastle( [a-z]+)+( [A-Z]+)*/g, " ").replace(/\S*[\d_/.:*@<>="\-]\S*/g, " ");
    return (sentence.match(words) || []).filter((word) => !isAllowed.test(word));
  };
  const judged = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent;
    const element = walker.currentNode.parentElement;
    if (!text.trim() || ["SCRIPT", "STYLE", "NOSCRIPT"].includes(element.tagName)) continue;
    if (element.closest(".q-icon") || !shown(element)) continue;
    const isData = element.closest("code, pre, [lang], [translate=no], .cm-editor, .mono")?.closest("body") != null;
    if (language !== "en" && !isData && foreign(text).length) findings.push(`English: ${short(text)}`);
    const style = getComputedStyle(element);
    if (element.closest("[disabled], [aria-disabled=true], .disabled")) continue;
    const ground = background(element);
    if (ground === null) continue;
    const ink = parsed(style.color);
    const seen = over([ink[0], ink[1], ink[2], ink[3] * opacity(element)], ground);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = contrast(seen, ground);
    const key = `${style.color} on ${ground.map(Math.round)}`;
    if (ratio < (large ? 3 : 4.5) - 0.005 && !judged.has(key)) {
      judged.add(key);
      findings.push(`contrast ${ratio.toFixed(2)} of ${short(text)}, ${key}`);
    }
  }
  if (language !== "en") {
    for (const name of ["aria-label", "placeholder", "title", "alt"]) {
      for (const element of document.querySelectorAll(`body [${name}]`)) {
        const text = element.getAttribute(name);
        if (shown(element) && foreign(text).length) findings.push(`English ${name}: ${short(text)}`);
      }
    }
  }
  return [...new Set(findings)];
}
