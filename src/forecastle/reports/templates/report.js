"use strict";
// Draws the charts at the page's width and shows another item when one is picked.
(function () {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const specifications = read("specifications");
  const data = read("data");
  const views = {};
  const picker = document.getElementById("item");
  const tooltip = document.getElementById("tooltip");
  let current = data.outlooks[0];

  function showTooltip(handler, event, item, value) {
    if (!value || typeof value !== "object") { tooltip.hidden = true; return; }
    tooltip.replaceChildren();
    for (const [name, text] of Object.entries(value)) {
      if (text === "" || text === "null" || text == null) continue;
      const line = document.createElement("div");
      const strong = document.createElement("b");
      strong.textContent = text;
      line.append(label(name) + ": ", strong);
      tooltip.append(line);
    }
    tooltip.hidden = false;
    const box = tooltip.getBoundingClientRect();
    const left = event.clientX + 14 + box.width > innerWidth ? event.clientX - box.width - 14
      : event.clientX + 14;
    tooltip.style.left = Math.max(4, left) + "px";
    tooltip.style.top = Math.max(4, event.clientY - box.height - 10) + "px";
  }

  // The charts were made for the first outlook; another one may call its lines otherwise.
  function label(name) {
    const place = data.outlooks[0].labels.indexOf(name);
    return place < 0 ? name : current.labels[place];
  }

  async function draw(name) {
    const place = document.getElementById("chart-" + name);
    const inner = document.createElement("div");
    const { view } = await vegaEmbed(inner, specifications[name], {
      mode: "vega", renderer: "svg", actions: false, defaultStyle: false, tooltip: showTooltip,
    });
    await view.width(place.clientWidth).runAsync();
    inner.querySelector("svg").setAttribute("aria-hidden", "true");
    place.replaceChildren(inner);
    views[name] = view;
  }

  function historyRows(outlook) {
    const closed = new Set(outlook.closed);
    return data.historyTimes
      .map((time, i) => ({
        time, value: outlook.history[i], holiday: data.holidays[i], closed: closed.has(i),
      }))
      .filter((row) => row.value !== null);
  }

  function forecastRows(outlook) {
    const past = data.historyTimes.length;
    const closed = new Set(outlook.closed);
    return data.forecastTimes.map((time, i) => ({
      time, low: outlook.forecast[data.low][i], middle: outlook.forecast[outlook.middle][i],
      high: outlook.forecast[data.high][i], holiday: data.holidays[past + i],
      closed: closed.has(past + i),
    }));
  }

  function backtestRows(outlook) {
    const known = new Map(historyRows(outlook).map((row) => [row.time, row]));
    const nothing = { value: null, holiday: "", closed: false };
    return outlook.backtests.flatMap(([low, middle, high], window) =>
      data.backtestTimes[window].map((time, i) => {
        const past = known.get(time) || nothing;
        return {
          time, low: low[i], middle: middle[i], high: high[i], actual: past.value,
          holiday: past.holiday, closed: past.closed && high[i] === 0, window,
        };
      })).filter((row) => row.middle !== null);
  }

  function fillTable(outlook) {
    const past = data.historyTimes.length;
    const format = new Intl.NumberFormat("en", {
      minimumFractionDigits: outlook.decimals, maximumFractionDigits: outlook.decimals,
    });
    const show = (value) => (value === null ? "–" : format.format(value).replace("-", "−"));
    const closed = new Set(outlook.closed);
    document.querySelectorAll("#table thead th.number").forEach((cell, i) => {
      if (i < outlook.columns.length) cell.textContent = outlook.columns[i];
    });
    document.querySelectorAll("#table tbody tr").forEach((row, i) => {
      const numbers = data.types.map((kind) => outlook.forecast[kind][i]);
      numbers.push(outlook.lastYear[i]);
      row.querySelectorAll("td.number").forEach((cell, k) => { cell.textContent = show(numbers[k]); });
      row.querySelector(".closed").hidden = !closed.has(past + i);
    });
  }

  function pick(index) {
    current = data.outlooks[index];
    const past = historyRows(current);
    views.forecast.data("history", past).data("forecast", forecastRows(current)).runAsync();
    if (views.backtest) {
      views.backtest.data("history", past.filter((row) => row.time >= data.backtestStart))
        .data("backtest", backtestRows(current)).runAsync();
    }
    document.querySelectorAll(".item-name").forEach((place) => { place.textContent = current.name; });
    document.querySelectorAll(".band-name").forEach((place) => {
      place.textContent = current.labels[Number(place.dataset.label)];
    });
    fillTable(current);
    picker.value = String(index);
  }

  function fit() {
    for (const [name, view] of Object.entries(views)) {
      const width = document.getElementById("chart-" + name).clientWidth;
      if (width > 0 && width !== view.width()) view.width(width).runAsync();
    }
  }

  Promise.all(Object.keys(specifications).map(draw)).then(() => {
    if (!picker) return;
    picker.addEventListener("change", () => pick(Number(picker.value)));
    document.querySelectorAll("button[data-index]").forEach((button) => {
      button.addEventListener("click", () => {
        pick(Number(button.dataset.index));
        document.getElementById("forecast").scrollIntoView({ behavior: "smooth" });
      });
    });
    if (picker.value !== "0") pick(Number(picker.value));
  });
  addEventListener("resize", fit);
  addEventListener("beforeprint", fit);
})();
