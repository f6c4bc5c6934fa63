/* SPDX-License-Identifier: Apache-2.0 */
/* The templates: narrow jobs that tiny models can learn. The samples show the form; they are rows
 * like any others, to be changed or deleted. */
#include "examples-templates.h"

#include <glib/gi18n.h>

static const TlmExampleTemplate templates[] = {
  { "labels", N_("Classify Into Labels"), N_("Give each text one of a few labels of yours."),
    N_("Text"), N_("Label"),
    { { N_("The lamp arrived with a crack in the shade."), N_("complaint") },
      { N_("Do you also have it in green?"), N_("question") },
      { N_("Works just as I hoped, thank you!"), N_("praise") } } },
  { "fields", N_("Extract Fields"), N_("Take the same few facts out of each text."),
    N_("Text"), N_("Fields"),
    { { N_("Dinner with Ana on 3 May at Luigi’s, about 40 euros each."),
        N_("date: 3 May; place: Luigi’s; amount: 40 euros") },
      { N_("The plumber comes on 12 June to Mill Lane and takes 90 euros."),
        N_("date: 12 June; place: Mill Lane; amount: 90 euros") },
      { N_("Train to Ghent on 7 July for 28 euros."),
        N_("date: 7 July; place: Ghent; amount: 28 euros") } } },
  { "rewrite", N_("Rewrite in My Style"), N_("Say a short text the way you would."),
    /* Translators: a column of examples: the text before it is changed. */
    N_("Before"), N_("In My Style"),
    { { N_("Your order has been dispatched."), N_("Good news: it is on its way!") },
      { N_("We are unable to process the request."), N_("Sorry, we could not do that yet.") },
      { N_("Please be advised that we close at noon."),
        N_("Just so you know: we close at noon.") } } },
  { "title", N_("Title My Way"), N_("Name notes in a fixed form of yours."),
    N_("Note"), N_("Title"),
    { { N_("We met Tom about the roof. He sends an offer by Friday."),
        N_("Meeting: roof offer, Tom") },
      { N_("Called the bank; the card comes next week."), N_("Call: new card, bank") },
      { N_("Ideas for the garden: plums, a bench, less grass."), N_("Ideas: garden") } } },
  { "tags", N_("Tag My Way"), N_("Give notes the tags that you would give them."),
    N_("Note"), N_("Tags"),
    { { N_("Pay the rent before the first."), N_("money, home") },
      { N_("Anna’s school play is on Thursday."), N_("family, school") },
      { N_("New tyres for the bicycle."), N_("shopping, bicycle") } } },
  { "mail", N_("Route My Mail"), N_("Say who should answer a message, or where it goes."),
    N_("Message"), N_("Goes To"),
    { { N_("My parcel has not come yet."), N_("shipping") },
      { N_("Please send the bill to our new address."), N_("accounting") },
      { N_("I would like to apply for the job."), N_("personnel") } } },
  { "", N_("Another Job"), N_("Any short text that becomes another short text."), N_("Input"),
    N_("Output"), { { NULL } } },
};

guint
tlm_example_templates_count (void)
{
  return G_N_ELEMENTS (templates);
}

TlmExampleTemplate
tlm_example_templates_get (guint i)
{
  TlmExampleTemplate t = templates[i];

  t.title = _(t.title);
  t.about = _(t.about);
  t.input = _(t.input);
  t.output = _(t.output);
  for (guint row = 0; row < G_N_ELEMENTS (t.samples) && t.samples[row][0] != NULL; row++)
    {
      t.samples[row][0] = _(t.samples[row][0]);
      t.samples[row][1] = _(t.samples[row][1]);
    }
  return t;
}

TlmExampleTemplate
tlm_example_templates_find (const char *kind)
{
  guint i = 0;

  while (i + 1 < G_N_ELEMENTS (templates) && !g_str_equal (templates[i].kind, kind))
    i++;
  return tlm_example_templates_get (i);
}
