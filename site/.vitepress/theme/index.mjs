// The generator's own theme with readable colours, and with what it lacks for people who use a screen reader.

import { useRouter } from 'vitepress';
import Theme from 'vitepress/theme-without-fonts';
import { nextTick, onMounted } from 'vue';
import './style.css';

/** The first page and the page of what is not found have no main landmark. */
function complete() {
  const content = document.getElementById('VPContent');
  if (content?.querySelector('main') === null) content.setAttribute('role', 'main');
  else content?.removeAttribute('role');
}

export default {
  ...Theme,
  setup() {
    const router = useRouter();
    onMounted(complete);
    router.onAfterRouteChange = () => nextTick(complete);
  },
};
