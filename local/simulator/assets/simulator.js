import { createMachine } from './machine.js';
import { Station } from './station.js';

const shelf = document.querySelector('.stations');
const connection = document.getElementById('connection');
const buttons = [...document.querySelectorAll('[data-show]')];
const unseenOf = (channel) => document.querySelector(`[data-show="${channel}"] .unread`);

const stations = [...document.querySelectorAll('.station')].map(
  (section) =>
    new Station(section, {
      onUnseen: (channel) => {
        if (shelf.dataset.shown !== channel) unseenOf(channel).hidden = false;
      },
    }),
);
const machine = createMachine(document.querySelector('.machine'));
const stationOf = (channel) => stations.find((station) => station.channel === channel);

// Where there is no room for both phones, one of them is shown at a time.
for (const button of buttons) {
  button.addEventListener('click', () => {
    shelf.dataset.shown = button.dataset.show;
    unseenOf(button.dataset.show).hidden = true;
    for (const one of buttons) one.setAttribute('aria-pressed', String(one === button));
  });
}

const onEvent = {
  snapshot: (event) => {
    for (const station of stations) station.snapshot(event);
    machine.worker(event.worker);
    machine.model(event.model);
  },
  phone: ({ phone }) => stationOf(phone.channel).phone(phone),
  'phone gone': ({ phone }) => stations.forEach((station) => station.phoneGone(phone)),
  message: ({ phone, message }) => stations.forEach((station) => station.message(phone, message)),
  wire: ({ entry }) => stationOf(entry.channel).wire(entry),
  fault: ({ channel, fault }) => stationOf(channel).setFault(fault),
  behind: ({ phone, behind }) => stations.forEach((station) => station.behind(phone, behind)),
  worker: ({ worker }) => machine.worker(worker),
  model: ({ mode }) => machine.model(mode),
};

const events = new EventSource('/simulator/events');
events.onmessage = ({ data }) => {
  const event = JSON.parse(data);
  onEvent[event.type](event);
};
events.onopen = () => (connection.textContent = '');
events.onerror = () => (connection.textContent = 'The server cannot be reached. Trying again…');

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
function showTime() {
  for (const element of document.querySelectorAll('.clock'))
    element.textContent = clock.format(new Date());
}
showTime();
setInterval(showTime, 5_000);
