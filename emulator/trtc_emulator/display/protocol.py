"""The part of Wayland that a browser needs of a display: which requests each object understands."""

from __future__ import annotations

import attrs

# What a client finds here, in versions that a browser of these years is content with.
GLOBALS = {
    "wl_compositor": 4,
    "wl_subcompositor": 1,
    "wl_shm": 1,
    "xdg_wm_base": 3,
    "wl_output": 3,
    "wp_viewporter": 1,
    "wl_seat": 5,
    "wl_data_device_manager": 3,
    "wp_presentation": 1,
}

# Each request in its place, with its arguments: u and i are numbers, o an object, s a text, h a file
# descriptor, +name a new object of that kind, +* one of the kind that the text names. With ! it ends the
# object.
_TEXT = {
    "wl_display": "sync +wl_callback, get_registry +wl_registry",
    "wl_registry": "bind u s u +*",
    "wl_callback": "",
    "wl_compositor": "create_surface +wl_surface, create_region +wl_region",
    "wl_surface": (
        "destroy!, attach o i i, damage i i i i, frame +wl_callback, set_opaque_region o, set_input_region o,"
        "commit, set_buffer_transform i, set_buffer_scale i, damage_buffer i i i i"
    ),
    "wl_region": "destroy!, add i i i i, subtract i i i i",
    "wl_subcompositor": "destroy!, get_subsurface +wl_subsurface o o",
    "wl_subsurface": "destroy!, set_position i i, place_above o, place_below o, set_sync, set_desync",
    "wl_shm": "create_pool +wl_shm_pool h i",
    "wl_shm_pool": "create_buffer +wl_buffer i i i i u, destroy!, resize i",
    "wl_buffer": "destroy!",
    "wl_output": "release!",
    "wl_seat": "get_pointer +wl_pointer, get_keyboard +wl_keyboard, get_touch +wl_touch, release!",
    "wl_pointer": "set_cursor u o i i, release!",
    "wl_keyboard": "release!",
    "wl_touch": "release!",
    "wl_data_device_manager": "create_data_source +wl_data_source, get_data_device +wl_data_device o",
    "wl_data_source": "offer s, destroy!, set_actions u",
    "wl_data_device": "start_drag o o o u, set_selection o u, release!",
    "xdg_wm_base": "destroy!, create_positioner +xdg_positioner, get_xdg_surface +xdg_surface o, pong u",
    "xdg_positioner": (
        "destroy!, set_size i i, set_anchor_rect i i i i, set_anchor u, set_gravity u,"
        "set_constraint_adjustment u, set_offset i i, set_reactive, set_parent_size i i,"
        "set_parent_configure u"
    ),
    "xdg_surface": (
        "destroy!, get_toplevel +xdg_toplevel, get_popup +xdg_popup o o, set_window_geometry i i i i,"
        "ack_configure u"
    ),
    "xdg_toplevel": (
        "destroy!, set_parent o, set_title s, set_app_id s, show_window_menu o u i i, move o u, resize o u u,"
        "set_max_size i i, set_min_size i i, set_maximized, unset_maximized, set_fullscreen o,"
        "unset_fullscreen, set_minimized"
    ),
    "xdg_popup": "destroy!, grab o u, reposition o u",
    "wp_viewporter": "destroy!, get_viewport +wp_viewport o",
    "wp_viewport": "destroy!, set_source i i i i, set_destination i i",
    "wp_presentation": "destroy!, feedback o +wp_presentation_feedback",
    "wp_presentation_feedback": "",
}


@attrs.frozen
class Request:
    """One request of an interface.

    Attributes:
        arguments: As above.
        destroys: The object is gone after it.
    """

    name: str
    arguments: tuple[str, ...]
    destroys: bool

    @classmethod
    def parse(cls, text: str) -> Request:
        """Read one of the table."""
        name, *arguments = text.split()
        return cls(name.rstrip("!"), tuple(arguments), name.endswith("!"))


REQUESTS = {
    interface: tuple(Request.parse(one) for one in text.split(",") if one)
    for interface, text in _TEXT.items()
}
