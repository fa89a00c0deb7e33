// Shows the cards of the last day up to the one chosen, and moves the day line; without it all days are there.
const range = document.getElementById("day"), moments = [...document.querySelectorAll(".moment")];
const show = () => {
  const day = Number(range.value), now = moments.findLast((one) => Number(one.dataset.day) <= day) || moments[0];
  for (const one of moments) one.hidden = one !== now;
  document.getElementById("at").textContent = "Day " + day;
  for (const line of document.querySelectorAll("g.day")) {
    const { left, wide, last } = line.dataset;
    line.setAttribute("transform", `translate(${Number(left) + (day - 0.5) * wide / last} 0)`);
  }
};
document.querySelector(".scrub").hidden = false;
range.addEventListener("input", show);
addEventListener("beforeprint", () => moments.forEach((one) => { one.hidden = false; }));
addEventListener("afterprint", show);
show();
