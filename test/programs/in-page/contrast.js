// Runs in a page, as a browser does: texts with a contrast below what WCAG 2.2 asks for (1.4.3, level AA).
(() => {
  const linear = (part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const parse = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const backOf = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour[3] !== 0) return colour;
    }
    return [255, 255, 255];
  };
  const poor = new Set();
  for (const element of document.querySelectorAll('body *')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    if (!hasText || element.closest('svg, script') !== null) continue;
    const [one, other] = [luminance(parse(getComputedStyle(element).color)), luminance(backOf(element))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < 4.5) poor.add(`${element.tagName} ${contrast.toFixed(1)} ${element.textContent.slice(0, 40)}`);
  }
  return [...poor];
})();
