// How far a job is, as the server tells it. Without this script the page reloads by itself, or by its link.
//
//   <div data-events="/api/v1/screenings/ID/events"><p id="phase" role="status"></p><progress></progress></div>

const place = document.querySelector("[data-events]");
if (place) listen(place);

function listen(place) {
  const says = place.querySelector("[role=status]"), bar = place.querySelector("progress");
  const source = new EventSource(place.dataset.events);
  let said = "";

  source.addEventListener("progress", (event) => show(JSON.parse(event.data)));
  source.addEventListener("end", () => {
    source.close();
    location.reload();
  });

  function show(job) {
    const { phase, done, total, unit } = job.progress ?? {};
    if (total) {
      bar.max = total;
      bar.value = done;
    } else {
      bar.removeAttribute("value");
    }
    const waits = job.waiting_before === undefined ? "Starting." : `Waiting: ${job.waiting_before} before it.`;
    const now = phase ? `${phase[0].toUpperCase()}${phase.slice(1)}` : waits;
    // A screen reader hears the phase, not every number; the bar has those.
    if (now !== said) says.textContent = said = now;
    bar.textContent = total ? `${done.toLocaleString("en")} of ${total.toLocaleString("en")} ${unit}` : "";
  }
}
