"""The form renderer: which template draws a whole form and a whole field."""

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    """Draws forms with the kit's templates, single widgets with Django's own."""

    form_template_name = "kit/forms/form.html"
    formset_template_name = "kit/forms/formset.html"
    field_template_name = "kit/forms/field.html"
