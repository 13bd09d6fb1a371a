// Watches an open page and writes down what each metric's card said and when, without touching the page.

/** Starts writing down. */
export function record(page, metrics) {
  return page.evaluate((metrics) => {
    const log = (globalThis.recorded = []);
    const said = new Map();
    const look = () => {
      for (const metric of metrics) {
        const text = document.querySelector(`[data-metric="${metric}"] [data-part="value"]`)?.textContent ?? '';
        if (said.get(metric) !== text) {
          said.set(metric, text);
          log.push({ at: Date.now(), metric, text });
        }
      }
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    look();
  }, metrics);
}

/** All that was written down: `[{ at, metric, text }]`, oldest first. */
export function recorded(page) {
  return page.evaluate(() => globalThis.recorded ?? null);
}

/** Every text that the metric's card showed at some moment from `from` to `to` (epoch ms). */
export function shownBetween(log, metric, from, to) {
  const entries = log.filter((entry) => entry.metric === metric && entry.at <= to);
  const lastBefore = entries.findLastIndex(({ at }) => at <= from);
  return entries.slice(Math.max(lastBefore, 0)).map(({ text }) => text);
}
